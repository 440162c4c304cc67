import type { CommandIo, CommandOption, CommandRequest } from "./command.ts";

/** The options of every command that takes a decision: who says so, and why. */
export const REASON_OPTIONS: readonly CommandOption[] = [
  { name: "by", value: "NAME", summary: "who decides; else what USER, LOGNAME or USERNAME says, if it may be read" },
  { name: "why", value: "TEXT", summary: "why" },
];

/** Who says something, and why: what `--by` and `--why` say, otherwise who sits here. */
export function readReason(
  { values }: CommandRequest,
  io: CommandIo,
): { readonly by?: string; readonly why?: string } {
  const texts = new Map(values.map(({ name, value }) => [name, value]));
  const by = texts.get("by") ?? findUser(io);
  const why = texts.get("why");
  return { ...(by === undefined ? {} : { by }), ...(why === undefined ? {} : { why }) };
}

/** Who sits here, as far as the environment may be asked. */
export function findUser(io: CommandIo): string | undefined {
  const user = io.readVariable("USER") ?? io.readVariable("LOGNAME") ?? io.readVariable("USERNAME");
  return user === "" ? undefined : user?.slice(0, 200);
}
