import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import { JournalNotFound } from "../../../lib/errors/opening_errors.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { CLI, runDeno } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

const ROOT = fromFileUrl(new URL("../../../", import.meta.url));

permittedTest(
  "SQLite needs permission for its folder and for the library, and says so",
  ["read", "write", "run"],
  async () => {
    await using folder = await makeTempFolder();
    const place = `sqlite:${folder.path}/tx.db`;
    await (await openSqliteStore(place))[Symbol.asyncDispose]();
    const list = async (flags: readonly string[]) => {
      const { code, stdout, stderr } = await runDeno(CLI, ["list", place], {
        cwd: folder.path,
        flags: ["--no-prompt", ...flags],
      });
      return { code, text: stdout + stderr };
    };
    assertEquals((await list(["--allow-read", "--allow-write"])).code, 0);
    const narrow = await list([`--allow-read=${ROOT},${folder.path}`, `--allow-write=${folder.path}`]);
    assertEquals(narrow.code, 0);
    const refused: readonly (readonly [readonly string[], string])[] = [
      [[`--allow-read=${ROOT},${folder.path}`], `--allow-write=${folder.path}`],
      [[`--allow-read=${ROOT}`, `--allow-write=${folder.path}`], `--allow-read=${folder.path}`],
      [[`--allow-read=${folder.path}`, `--allow-write=${folder.path}`], `--allow-read=${ROOT}`],
    ];
    for (const [flags, advice] of refused) {
      const { code, text } = await list(flags);
      assertEquals(code, 77);
      assertStringIncludes(text, advice);
    }
  },
);

permittedTest("what only reads creates no database", ["read", "write", "run"], async () => {
  await using folder = await makeTempFolder();
  const place = `sqlite:${folder.path}/tx.db`;
  await assertRejects(() => openSqliteStore(place, { mustExist: true }), JournalNotFound);
  for (const words of [["list", place], ["inspect", `${place}#a`], ["resume", `${place}#a`]]) {
    const { code } = await runDeno(CLI, words, { cwd: folder.path, flags: ["-A"] });
    assertEquals([words[0], code], [words[0], 66]);
  }
  assertEquals(Array.from(Deno.readDirSync(folder.path)), []);
});
