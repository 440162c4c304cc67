import type { CommandRequest } from "./command.ts";
import type { CommandIo } from "./command_io.ts";
import { findUser } from "./find_user.ts";

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
