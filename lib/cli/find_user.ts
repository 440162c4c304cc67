import type { CommandIo } from "./command_io.ts";

/** Who sits here, as far as the environment may be asked. */
export function findUser(io: CommandIo): string | undefined {
  const user = io.readVariable("USER") ?? io.readVariable("LOGNAME") ?? io.readVariable("USERNAME");
  return user === "" ? undefined : user?.slice(0, 200);
}
