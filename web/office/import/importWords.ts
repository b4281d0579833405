// What is said of an import: which words, by its state.
import type { ImportJob } from "../../shared/api";
import * as w from "words/office/import";

/** Where it is, in a word. */
export function stateOf(job: Pick<ImportJob, "state" | "trial">): string {
  if (!job.trial) return w.stateWords[job.state];
  if (job.state === "running") return w.trialRunning;
  if (job.state === "undone") return w.trialUndone;
  return job.state === "checked" ? w.stateWords.checked : w.trialInterrupted;
}

/** How many errors and doubts there are, in words; empty where there are none. */
export function faults(problems: readonly { severity: string }[]): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  return w.faults(errors, problems.length - errors);
}
