import { assert, assertEquals, assertRejects } from "@std/assert";
import { copy } from "@std/fs/copy";
import { ensureDir } from "@std/fs/ensure-dir";
import { exists } from "@std/fs/exists";
import { walk } from "@std/fs/walk";
import { join } from "@std/path/join";
import { relative } from "@std/path/relative";
import { permittedTest } from "../support/permitted_test.ts";

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await ensureDir(join(folder, "a", "b"));
    await Deno.writeTextFile(join(folder, "a", "one.ts"), "1");
    await Deno.writeTextFile(join(folder, "a", "b", "two.json"), "2");
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function listPaths(folder: string, options: Parameters<typeof walk>[1]): Promise<string[]> {
  const entries = await Array.fromAsync(walk(folder, options));
  return entries.map((entry) => relative(folder, entry.path).replaceAll("\\", "/")).sort();
}

permittedTest("walk() reports what its options ask for", ["read", "write"], async () => {
  await withFolder(async (folder) => {
    assertEquals(await listPaths(folder, {}), ["", "a", "a/b", "a/b/two.json", "a/one.ts"]);
    assertEquals(await listPaths(folder, { includeDirs: false }), ["a/b/two.json", "a/one.ts"]);
    assertEquals(await listPaths(folder, { includeFiles: false }), ["", "a", "a/b"]);
    assertEquals(await listPaths(folder, { maxDepth: 1 }), ["", "a"]);
    assertEquals(await listPaths(folder, { exts: [".ts"] }), ["a/one.ts"]);
    assertEquals(await listPaths(folder, { match: [/two/] }), ["a/b/two.json"]);
    assertEquals(await listPaths(folder, { includeDirs: false, skip: [/[\\/]b$/] }), ["a/one.ts"]);
  });
});

permittedTest("walk() rejects when there is no such folder", ["read", "write"], async () => {
  await withFolder(async (folder) => {
    await assertRejects(() => Array.fromAsync(walk(join(folder, "none"))));
  });
});

permittedTest("exists() tells files, folders and nothing apart", ["read", "write", "sys"], async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "a", "one.ts");
    assert(await exists(file));
    assert(await exists(file, { isFile: true, isReadable: true }));
    assertEquals(await exists(file, { isDirectory: true }), false);
    assert(await exists(folder, { isDirectory: true }));
    assertEquals(await exists(join(folder, "none")), false);
  });
});

permittedTest("ensureDir() accepts a folder and refuses a file", ["read", "write"], async () => {
  await withFolder(async (folder) => {
    await ensureDir(join(folder, "a"));
    await assertRejects(() => ensureDir(join(folder, "a", "one.ts")));
  });
});

permittedTest("copy() copies folders and replaces nothing unasked", ["read", "write", "sys"], async () => {
  await withFolder(async (folder) => {
    const target = join(folder, "copy");
    await copy(join(folder, "a"), target);
    assertEquals(await Deno.readTextFile(join(target, "b", "two.json")), "2");
    await assertRejects(() => copy(join(folder, "a"), target), Deno.errors.AlreadyExists);
    await Deno.writeTextFile(join(folder, "a", "one.ts"), "changed");
    await copy(join(folder, "a"), target, { overwrite: true });
    assertEquals(await Deno.readTextFile(join(target, "one.ts")), "changed");
  });
});
