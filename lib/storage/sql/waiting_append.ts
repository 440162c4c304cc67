import type { AppendOptions, StepCommit } from "../open_journal.ts";
import type { SqlTransaction } from "./database.ts";

/** Events that arrive while a record is on its way share the next one, up to this size. */
const MAX_SHARED_CHARACTERS = 4 * 1024 * 1024;

/** Events that wait for their record. */
export interface WaitingAppend {
  /** The events as text: the caller may change the originals. */
  readonly text: string;
  readonly options: AppendOptions;
  /** What a step has done, which is committed with the record. */
  readonly transaction?: SqlTransaction;
  readonly resolve: (end: StepCommit) => void;
  readonly reject: (error: unknown) => void;
}

/** Takes what becomes one record. What ends a run, or is committed with a step, has a record of its own. */
export function takeBatch(waiting: WaitingAppend[]): readonly WaitingAppend[] {
  let characters = 0;
  const end = waiting.findIndex(({ text, options, transaction }, index) => {
    characters += text.length;
    const before = waiting[index - 1];
    const isAlone = before?.options.release !== undefined || options.release !== undefined ||
      before?.transaction !== undefined || transaction !== undefined;
    return index > 0 && (characters > MAX_SHARED_CHARACTERS || isAlone);
  });
  return waiting.splice(0, end === -1 ? waiting.length : end);
}
