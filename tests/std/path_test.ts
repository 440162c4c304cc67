import { assertEquals, assertThrows } from "@std/assert";
import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { extname } from "@std/path/extname";
import { fromFileUrl } from "@std/path/from-file-url";
import { globToRegExp } from "@std/path/glob-to-regexp";
import { isAbsolute } from "@std/path/is-absolute";
import { join } from "@std/path/join";
import { relative } from "@std/path/relative";
import { resolve } from "@std/path/resolve";
import { toFileUrl } from "@std/path/to-file-url";

const isWindows = Deno.build.os === "windows";

Deno.test("basename(), dirname() and extname() take a path apart", () => {
  assertEquals(basename("a/b.json"), "b.json");
  assertEquals(basename("a/b.json", ".json"), "b");
  assertEquals(dirname("a/b.json"), "a");
  assertEquals(extname("a/b.json"), ".json");
  assertEquals(extname("a/b"), "");
});

Deno.test("globToRegExp() matches as shells do", () => {
  const matches = (glob: string, ...paths: string[]) =>
    paths.filter((path) => globToRegExp(glob, { globstar: true, os: "linux" }).test(path));
  assertEquals(matches("*.json", "a.json", "b.json.torn-1", "c/d.json", "json"), ["a.json"]);
  assertEquals(matches("a?.[a-c]", "ab.a", "ab.d", "a.a"), ["ab.a"]);
  assertEquals(matches("[!a].x", "a.x", "b.x"), ["b.x"]);
  assertEquals(matches("{ana,bo}-*", "ana-1", "bo-2", "cy-3"), ["ana-1", "bo-2"]);
  assertEquals(matches("**/*.json", "a.json", "b/c/d.json", "b/c"), ["a.json", "b/c/d.json"]);
  assertEquals(matches("runs/*/j.json", "runs/1/j.json", "runs/1/2/j.json"), ["runs/1/j.json"]);
  assertEquals(matches("a+b.json", "a+b.json", "aab.json"), ["a+b.json"]);
});

Deno.test("join() normalizes", () => {
  assertEquals(join("a", "..", "b", "c").replaceAll("\\", "/"), "b/c");
});

Deno.test("isAbsolute() tells absolute paths from relative ones", () => {
  assertEquals(isAbsolute("/a"), true);
  assertEquals(isAbsolute("a"), false);
});

Deno.test({
  name: "resolve() and relative() are each other's inverse",
  ignore: isWindows,
  fn: () => {
    assertEquals(resolve("/a/b", "../c"), "/a/c");
    assertEquals(relative("/a/b", "/a/c"), "../c");
  },
});

Deno.test({
  name: "toFileUrl() and fromFileUrl() keep every character",
  ignore: isWindows,
  fn: () => {
    const path = "/a b/c%20d?e#f/ü\\\n";
    assertEquals(fromFileUrl(toFileUrl(path)), path);
    assertEquals(toFileUrl("/a b").href, "file:///a%20b");
  },
});

Deno.test("fromFileUrl() refuses other URLs", () => {
  assertThrows(() => fromFileUrl("https://example.org/a"), TypeError);
});

Deno.test("toFileUrl() refuses a relative path", () => {
  assertThrows(() => toFileUrl("a"), TypeError);
});

Deno.test("the stand-ins give what Node gives", () => {
  const node = process.getBuiltinModule("node:path");
  const { pathToFileURL } = process.getBuiltinModule("node:url");
  const paths = [
    "/",
    "a",
    "/a",
    "a/",
    "a//b/",
    "/a/../..",
    "../a/./b",
    "a/.b",
    "a.b.c",
    ".a",
    "a.",
    "..",
    ".",
    "//a//b.c/",
  ];
  for (const path of paths) {
    assertEquals([basename(path), basename(path, ".c")], [node.basename(path), node.basename(path, ".c")], path);
    // Node leaves a slash of several that separate; @std takes them all.
    assertEquals(dirname(path), node.dirname(path).replace(/(?<=[^/])\/+$/, ""), path);
    assertEquals(extname(path), node.extname(path), path);
    assertEquals([resolve(path), isAbsolute(path)], [node.resolve(path), node.isAbsolute(path)], path);
    assertEquals(toFileUrl(resolve(path)).href, pathToFileURL(resolve(path)).href, path);
    for (const other of paths) {
      assertEquals(join(path, other), node.join(path, other), `${path} ${other}`);
      assertEquals(resolve(path, other), node.resolve(path, other), `${path} ${other}`);
      assertEquals(relative(path, other), node.relative(path, other), `${path} ${other}`);
    }
  }
});
