import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { readSourceLine } from "../../../lib/cli/show/read_source_line.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

permittedTest("readSourceLine() reads a program, but not through a symbolic link", ["read", "write"], async () => {
  if (Deno.build.os === "windows") return;
  await using folder = await makeTempFolder();
  await Deno.writeTextFile(`${folder.path}/secret`, "one\nsecret\n");
  await Deno.writeTextFile(`${folder.path}/a.ts`, "one\ntwo\n");
  await Deno.symlink(`${folder.path}/secret`, `${folder.path}/b.ts`);
  await Deno.symlink(`${folder.path}/a.ts`, `${folder.path}/c.ts`);
  const read = readSourceLine([]);
  const texts = ["a.ts", "b.ts", "c.ts", "secret"].map((name) =>
    read({ url: toFileUrl(`${folder.path}/${name}`).href, line: 2 })?.text
  );
  assertEquals(texts, ["two", undefined, undefined, undefined]);
});
