// Whether the server answers, and when it was heard last.

let heardAt = $state(0);
let lost = $state(false);

export const connection = {
  /** No answer to the last question. */
  get lost() {
    return lost;
  },
  /** Unix time, ms; 0 before the first answer. */
  get heardAt() {
    return heardAt;
  },
};

/** `fetch` that notes whether the server was reached. */
export async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(path, init);
    heardAt = Date.now();
    lost = false;
    return response;
  } catch (problem) {
    lost = true;
    throw problem;
  }
}
