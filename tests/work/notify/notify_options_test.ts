import { assertEquals, assertThrows } from "@std/assert";
import { JournalRefused } from "../../../lib/errors/opening_errors.ts";
import { parseCommand, parseNoticeWords, requireNotifier } from "../../../lib/work/notify/notify_options.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

Deno.test("parseCommand() splits words at blanks, and takes quotes and backslashes as a shell does", () => {
  const words = (text: string) => {
    const { executable, args } = parseCommand(text);
    return [executable, ...args];
  };
  assertEquals(words("/usr/bin/notify"), ["/usr/bin/notify"]);
  assertEquals(words("  notify  --to\tana\n"), ["notify", "--to", "ana"]);
  assertEquals(words(`sh -c 'jq .text | mail -s "work" ana'`), ["sh", "-c", `jq .text | mail -s "work" ana`]);
  assertEquals(words(`a "b \\"c\\" \\\\ \\n" d\\ e f'g'"h"`), ["a", `b "c" \\ \\n`, "d e", "fgh"]);
  assertEquals(words(`a '' ""`), ["a", "", ""]);
  assertEquals(words("a $HOME * | b > c; d && `e`"), ["a", "$HOME", "*", "|", "b", ">", "c;", "d", "&&", "`e`"]);
});

Deno.test("parseCommand() refuses what names no program, and a quote that is not closed", () => {
  for (const text of ["", "  \t", "''", `"" a`, "a 'b", `a "b`, `a "b\\"`, "a\\", "a\0b"]) {
    assertThrows(() => parseCommand(text), SyntaxError);
  }
});

permittedTest("requireNotifier() refuses a path that is no program", ["read", "write", "run"], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/notify`;
  const check = () => requireNotifier("/srv/j", { executable: path, args: [] });
  assertThrows(check, JournalRefused, "/notify");
  await Deno.mkdir(path);
  assertThrows(check, JournalRefused, "/notify");
  await Deno.remove(path);
  await Deno.writeTextFile(path, "#!/bin/sh\n", { mode: 0o644 });
  assertThrows(check, JournalRefused, "/notify");
  await Deno.chmod(path, 0o755);
  check();
});

Deno.test("parseNoticeWords() reads statuses of a list, and refuses other words", () => {
  assertEquals(parseNoticeWords("waiting"), new Set(["waiting"]));
  assertEquals(parseNoticeWords(" Aborted, skipped,,finished "), new Set(["aborted", "skipped", "finished"]));
  for (const text of ["", " , ", "failed", "waiting,abortd"]) {
    assertThrows(() => parseNoticeWords(text), SyntaxError);
  }
});
