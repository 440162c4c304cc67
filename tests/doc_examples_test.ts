/** Every example in the documentation is a module that runs. `deno check --doc` looks at their types. */
import { assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { fromFileUrl } from "@std/path/from-file-url";
import { toFileUrl } from "@std/path/to-file-url";
import { findDocExamples } from "./support/doc_examples.ts";
import { permittedTest } from "./support/permitted_test.ts";
import { makeTempFolder } from "./support/temp_folder.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
/** Entries of the project's folder that have examples. */
const DOCUMENTED = /^(?:mod\.ts|cli\.ts|[^/]+\.md|(?:lib|docs)\/.*\.(?:ts|md))$/;

async function listDocumented(): Promise<readonly string[]> {
  if (Deno.permissions.querySync({ name: "read", path: ROOT }).state !== "granted") return [];
  const entries = await Array.fromAsync(walk(ROOT, { exts: [".ts", ".md"], skip: [/[/\\](?:\.git|node_modules)$/] }));
  return entries.map(({ path }) => path.slice(ROOT.length).replaceAll("\\", "/"))
    .filter((path) => DOCUMENTED.test(path)).toSorted();
}

Deno.test("findDocExamples() finds blocks of code in Markdown and in doc comments", () => {
  const block = "```ts\nawait 1;\n```\n";
  const ignored = block.replace("ts", "ts ignore");
  const expected = { code: "await 1;\n" };
  assertEquals(findDocExamples("a.md", `Look:\n${block}${ignored}${block}\`\`\`sh\nls\n\`\`\`\n`), [
    { line: 2, ...expected },
    { line: 8, ...expected },
  ]);
  const comment = block.trimEnd().split("\n").map((line) => `   * ${line}\n`).join("");
  assertEquals(findDocExamples("a.ts", `class A {\n  /**\n   * Look:\n${comment}   */\n  a = 1;\n}\n// ${block}`), [
    { line: 4, ...expected },
  ]);
});

for (const file of await listDocumented()) {
  for (const { line, code } of findDocExamples(file, await Deno.readTextFile(`${ROOT}${file}`))) {
    permittedTest(`the example in ${file}:${line} runs`, ["read", "write", "run", "env", "net", "sys"], async () => {
      await using folder = await makeTempFolder();
      const path = `${folder.path}/example.ts`;
      await Deno.writeTextFile(path, code);
      // What an example writes beside itself goes with the folder.
      const before = Deno.cwd();
      Deno.chdir(folder.path);
      try {
        await import(toFileUrl(path).href);
      } finally {
        Deno.chdir(before);
      }
    });
  }
}
