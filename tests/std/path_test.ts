import { assertEquals, assertThrows } from "@std/assert";
import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { extname } from "@std/path/extname";
import { fromFileUrl } from "@std/path/from-file-url";
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
