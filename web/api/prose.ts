// The little of Markdown that the description is written in: paragraphs, lists, `code`, **strong**.

export interface Piece {
  kind: "text" | "code" | "strong";
  text: string;
}

export interface Block {
  kind: "paragraph" | "list";
  lines: Piece[][];
}

/** A line in pieces. */
export function pieces(line: string): Piece[] {
  const parts = line.split(/(`[^`]+`|\*\*[^*]+\*\*)/).filter(Boolean);
  return parts.map((part) => {
    if (part.startsWith("`") && part.length > 2) return { kind: "code", text: part.slice(1, -1) };
    if (part.startsWith("**")) return { kind: "strong", text: part.slice(2, -2) };
    return { kind: "text", text: part };
  });
}

/** A text in paragraphs and lists. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  for (const part of text.split(/\n{2,}/)) {
    const lines = part.split("\n").filter((line) => line.trim());
    const items = lines.filter((line) => line.startsWith("* "));
    const plain = lines.filter((line) => !line.startsWith("* ")).join(" ");
    if (plain) found.push({ kind: "paragraph", lines: [pieces(plain)] });
    if (items.length) found.push({ kind: "list", lines: items.map((line) => pieces(line.slice(2))) });
  }
  return found;
}
