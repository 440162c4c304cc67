import {
  endBySignal,
  isInsisting,
  isRepeated,
  isSignalOfRun,
  listenForStop,
  type StopSignal,
} from "../../process/stop_signals.ts";
import { safeText } from "../../text/escape.ts";
import { type CommandIo, writeLines } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";

interface HeldSignals {
  readonly hasReceived: () => boolean;
  /** Stops listening. If a signal was held back, it takes effect now. */
  readonly release: () => Promise<void>;
}

/**
 * Holds back a signal that asks the process to end, until the last words are printed. Without this, a run that is stopped by
 * the signal would end the process. A second signal ends the process after the last words, even while a step is running. So
 * does a first signal during a question: while `isAsking`, no step is running.
 */
export function holdSignals(lastWords: () => void, isAsking: () => boolean): HeldSignals {
  let received: StopSignal | undefined;
  const ignore = listenForStop((signal) => {
    if (isRepeated(signal, received)) return;
    const isFurther = isInsisting(signal, received);
    if (!isFurther) received = signal;
    if (!isAsking() && (!isFurther || isSignalOfRun())) return;
    lastWords();
    void release();
  });
  const release = async () => {
    ignore();
    if (received !== undefined) await endBySignal(received);
  };
  return { hasReceived: () => received !== undefined, release };
}

interface Guarded {
  readonly journal: string;
  readonly io: CommandIo;
  /** Prints what else must be printed then. */
  readonly lastWords?: (() => void) | undefined;
  /** Names the running steps that an error may come from. */
  readonly suspects: (error: unknown) => readonly string[];
}

/**
 * Watches for a step that ends the process, since its exit code might say that the transaction has finished, or that a step
 * has failed. A step does so with `Deno.exit()`, or with an error that it does not await. The guard replaces the exit code and
 * prints an error, until the function that is returned removes it.
 */
export function guardExit({ journal, io, lastWords = () => {}, suspects }: Guarded): () => void {
  const tell = (what: string) => {
    Deno.exitCode = EXIT.paused;
    const unknown = "The outcome of running steps is unknown: inspect ";
    writeLines(io, [`error: ${what}. ${unknown}${JSON.stringify(journal)}`]);
    lastWords();
  };
  const guard = new AbortController();
  const { signal } = guard;
  const tellExit = () => tell("A step, or the module of a step, has ended the process");
  const tellUncaught = (error: unknown) => {
    guard.abort();
    const steps = suspects(error);
    const where = steps.length === 0 ? "" : `, probably in ${steps.join(" or ")}`;
    tell(`An error that nothing handles has ended the process${where}: ${describeUncaught(error)}`);
    Deno.exit(EXIT.paused);
  };
  const uncaught = (event: ErrorEvent | PromiseRejectionEvent) => {
    const error: unknown = event instanceof PromiseRejectionEvent ? event.reason : event.error;
    unlessHandled(event, () => tellUncaught(error));
  };
  globalThis.addEventListener("unload", tellExit, { signal });
  globalThis.addEventListener("unhandledrejection", uncaught, { signal });
  globalThis.addEventListener("error", uncaught, { signal });
  return () => guard.abort();
}

/** A step, or a library that it uses, may listen for such errors, too, and handle them. Its listener is called later. */
function unlessHandled(event: Event, act: () => void): void {
  if (event.defaultPrevented) return;
  let isHandled = false;
  // Otherwise Deno ends the process right after the last listener.
  event.preventDefault();
  Object.defineProperty(event, "preventDefault", { value: () => isHandled = true, configurable: true });
  queueMicrotask(() => {
    if (!isHandled) act();
  });
}

function describeUncaught(error: unknown): string {
  const name = error instanceof Error ? `${error.name}: ` : "";
  const frame = error instanceof Error ? /^ +at .+$/m.exec(error.stack ?? "")?.[0].trim() : undefined;
  return `${name}${safeText(error)}${frame === undefined ? "" : ` (${frame})`}`;
}
