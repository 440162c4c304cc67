import { assertEquals } from "@std/assert";
import { type CommandIo, UsageError } from "../../../lib/cli/frame/command.ts";
import { exitCode, reportError } from "../../../lib/cli/frame/exit_code.ts";
import * as errors from "../../../mod.ts";

const CASES: readonly (readonly [number, unknown])[] = [
  [1, new errors.TransactionAborted("j", "1", "")],
  [1, new errors.TransactionUndone("j", "1", "")],
  [2, new errors.TransactionCancelled("j", "")],
  [2, new UsageError("")],
  [2, new errors.TransactionClosed("j", "undone")],
  [2, new errors.DecisionRefused("j", "1", "")],
  [2, new errors.PlanDiffers("j", "")],
  [2, new errors.JournalExists("j")],
  [3, new errors.TransactionPaused("j", "1", { waitsFor: "decision" }, "")],
  [65, new errors.JournalDamaged("j", 1, "")],
  [65, new errors.JournalIncomplete("j")],
  [65, new errors.JournalTooNew("j", "")],
  [66, new errors.JournalNotFound("j")],
  [66, new errors.JournalGone("j")],
  [70, new TypeError("")],
  [70, "text"],
  [74, new errors.JournalUnwritable("j", "")],
  [74, new errors.StorageFull("j", "")],
  [74, new errors.Fenced("j", "")],
  [75, new errors.JournalLocked("j")],
  [75, new errors.QueueFull("j")],
  [77, new errors.JournalRefused("j", "")],
  [77, new errors.JournalExported("j", {})],
  [77, new errors.JournalUntrusted("j", "")],
  [77, new errors.ModuleUnavailable("m", "e", "")],
  [77, new Deno.errors.NotCapable("")],
  [129, new errors.TransactionInterrupted("j", "SIGHUP")],
  [130, new errors.TransactionInterrupted("j", "SIGINT")],
  [143, new errors.TransactionInterrupted("j", "SIGTERM")],
];

Deno.test("exitCode() has a code for every error that a caller may catch", () => {
  assertEquals(CASES.map(([, error]) => exitCode(error)), CASES.map(([code]) => code));
  const tried = new Set(CASES.map(([, error]) => error instanceof Error ? error.constructor.name : ""));
  const all = Object.entries(errors).filter(([name, value]) => name !== "JournalError" && isErrorClass(value)).map((
    [name],
  ) => name);
  assertEquals(all.filter((name) => !tried.has(name)), []);
});

Deno.test("reportError() calls everything an error but a pause", () => {
  for (const [code, error] of CASES) {
    const { io, written } = recordingIo();
    assertEquals(reportError(error, io), code);
    const isSilent = error instanceof errors.TransactionInterrupted;
    assertEquals([code, written().startsWith("error: ")], [code, !isSilent && code !== 3]);
  }
});

Deno.test("reportError() reports although a step has replaced what makes lines of a text", () => {
  const { io, written } = recordingIo();
  const refused = new errors.DecisionRefused("j", "1", "no");
  const { map } = Array.prototype;
  try {
    Object.defineProperty(Array.prototype, "map", { value: () => undefined, configurable: true, writable: true });
    reportError(refused, io);
  } finally {
    Object.defineProperty(Array.prototype, "map", { value: map, configurable: true, writable: true });
  }
  assertEquals(written().startsWith("error: "), true);
});

function recordingIo(): { readonly io: CommandIo; readonly written: () => string } {
  let text = "";
  const io: CommandIo = {
    writeOut: () => {},
    writeError: (part) => void (text += part),
    wantsColour: false,
    now: () => new Date(0),
    readTextFile: () => "",
    readVariable: () => undefined,
  };
  return { io, written: () => text };
}

function isErrorClass(value: unknown): boolean {
  return typeof value === "function" && value.prototype instanceof Error;
}
