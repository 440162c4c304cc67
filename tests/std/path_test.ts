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

/** Each glob, what it matches and what it does not, as the real package has it. */
const GLOBS: readonly (readonly [glob: string, matched: readonly string[], others: readonly string[]])[] = [
  ["*.json", ["a.json", ".json"], ["b.json.torn-1", "c/d.json", "json"]],
  ["a?.[a-c]", ["ab.a", "a/.a"], ["ab.d", "a.a"]],
  ["[!a].x", ["b.x"], ["a.x", ".x"]],
  ["[^a].x", ["a.x", "^.x"], ["b.x"]],
  ["[[:digit:]_]", ["7", "_"], ["a", ":"]],
  ["[a\\]]", ["a", "]"], ["\\"]],
  ["[]a]", [], ["a", "]", "[]a]"]],
  ["[!]", ["a", "]"], ["", "[!]"]],
  ["{ana,bo}-*", ["ana-1", "bo-2"], ["cy-3"]],
  ["{a,{b,c}}", ["a", "b", "c"], ["{b", "d"]],
  ["**/*.json", ["a.json", "b/c/d.json"], ["b/c"]],
  ["a/**", ["a/b", "a/b/c"], ["b"]],
  ["runs/*/j.json", ["runs/1/j.json", "runs//1/j.json"], ["runs/1/2/j.json"]],
  ["a+b.json", ["a+b.json"], ["aab.json"]],
  ["@(a|b).x", ["a.x", "b.x"], ["ab.x", ".x"]],
  ["+(a)", ["a", "aa"], ["", "b"]],
  ["?(a)b", ["b", "ab"], ["aab"]],
  ["!(a)", ["b", ""], ["a", "ab"]],
  ["a/", ["a", "a/"], ["b"]],
  // Not valid as globs, so they stand for themselves.
  ["{a,b", ["{a,b"], ["a"]],
  ["[a-", ["[a-"], ["a"]],
  ["a}", ["a}"], ["a"]],
  ["a\\", ["a\\"], ["a"]],
  ["", [], ["", "a"]],
];

Deno.test("globToRegExp() matches what the real one matches", () => {
  for (const [glob, matched, others] of GLOBS) {
    const pattern = globToRegExp(glob, { globstar: true });
    assertEquals([...matched, ...others].filter((path) => pattern.test(path)), [...matched], glob);
  }
  assertEquals(globToRegExp("**", { globstar: false }).test("a/b"), false);
  assertEquals(globToRegExp("A", { caseInsensitive: true }).test("a"), true);
  assertEquals(globToRegExp("@(a)", { extended: false }).test("@(a)"), true);
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

Deno.test({
  name: "fromFileUrl() and toFileUrl() are no more strict than the real ones",
  ignore: isWindows,
  fn: () => {
    const paths = [
      ["file://otherhost/j.json", "/j.json"],
      ["file:///a%2Fb", "/a/b"],
      ["file:///%zz", "/%zz"],
      ["file:///50%", "/50%"],
      ["file:///a%5Cb?q#h", "/a\\b"],
    ] as const;
    for (const [url, path] of paths) assertEquals(fromFileUrl(url), path, url);
    assertThrows(() => fromFileUrl("file:///%ff"), URIError);
    assertEquals(toFileUrl("//a/b ").href, "file:///a/b%20");
    assertEquals(basename("/"), "/");
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
    // Of "/", Node takes no last part, and @std the slash.
    const expected = (suffix = "") => path === "/" ? "/" : node.basename(path, suffix);
    assertEquals([basename(path), basename(path, ".c")], [expected(), expected(".c")], path);
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
