import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
import { unicodeWidth } from "@std/cli/unicode-width";

Deno.test("parseArgs() reads flags and words by their kind", () => {
  const parsed = parseArgs(["resume", "--json", "--by", "ana", "file.json", "7", "--limit", "3", "--why=a=b"], {
    boolean: ["json", "quiet"],
    string: ["by", "why"],
  });
  const json: boolean = parsed.json;
  const by: string | undefined = parsed.by;
  assertEquals([json, by], [true, "ana"]);
  assertEquals(parsed, {
    _: ["resume", "file.json", 7],
    by: "ana",
    json: true,
    limit: 3,
    quiet: false,
    why: "a=b",
  });
});

Deno.test("parseArgs() keeps words as text when _ is a string", () => {
  const words: (string | number)[] = parseArgs(["1", "1.10"], { string: ["_"] })._;
  assertEquals(words, ["1", "1.10"]);
});

Deno.test("parseArgs() sets all names of a flag", () => {
  const parsed = parseArgs(["-h", "-o", "out"], {
    boolean: ["help"],
    string: ["output"],
    alias: { help: "h", output: ["o"] },
  });
  assertEquals(parsed, { _: [], help: true, h: true, output: "out", o: "out" });
});

Deno.test("parseArgs() collects flags that are given more than once", () => {
  const options = { string: ["by", "done"], collect: ["done"] } as const;
  const parsed = parseArgs(["--done", "1", "--done=2", "--by", "a", "--by", "b"], options);
  const done: string[] = parsed.done;
  assertEquals(done, ["1", "2"]);
  assertEquals(parsed.by, "b");
  assertEquals(parseArgs([], options), { _: [], done: [] });
});

Deno.test("parseArgs() fills in defaults", () => {
  const parsed = parseArgs([], { string: ["by"], boolean: ["color"], default: { by: "nobody", color: true } });
  const by: string = parsed.by;
  assertEquals(by, "nobody");
  assertEquals(parsed.color, true);
});

Deno.test("parseArgs() negates only what is negatable", () => {
  const options = { boolean: ["color"], negatable: ["color"], default: { color: true } } as const;
  assertEquals(parseArgs(["--no-color"], options), { _: [], color: false });
  assertEquals(parseArgs(["--no-trust"], options), { _: [], "no-trust": true, color: true });
});

Deno.test("parseArgs() reads short flags in groups and with values", () => {
  assertEquals(parseArgs(["-ab", "-n5", "-o=x", "-c", "word"], { boolean: ["a", "b"] }), {
    _: [],
    a: true,
    b: true,
    c: "word",
    n: 5,
    o: "x",
  });
});

Deno.test("parseArgs() lets unknown flags and words be refused", () => {
  const refused: string[] = [];
  const parsed = parseArgs(["--known", "--other=1", "word"], {
    boolean: ["known"],
    unknown: (arg) => {
      refused.push(arg);
      return false;
    },
  });
  assertEquals(parsed, { _: [], known: true });
  assertEquals(refused, ["--other=1", "word"]);
});

Deno.test("parseArgs() stops where it is told to", () => {
  assertEquals(parseArgs(["run", "--json"], { boolean: ["json"], stopEarly: true }), {
    _: ["run", "--json"],
    json: false,
  });
  assertEquals(parseArgs(["run", "--", "--json"], { boolean: ["json"] }), { _: ["run", "--json"], json: false });
  const parsed = parseArgs(["run", "--", "--json"], { boolean: ["json"], "--": true });
  assertEquals(parsed["--"], ["--json"]);
});

Deno.test("parseArgs() reads unusual words as the real one does", () => {
  const cases: readonly (readonly [args: readonly string[], parsed: Record<string, unknown>])[] = [
    [["--by="], { by: "" }],
    [["--a.b", "1", "--a.c=x"], { a: { b: 1, c: "x" } }],
    [["--__proto__", "x", "--constructor=x"], {}],
    [["--no-color"], { "no-color": true }],
    [["--by", "--json"], { by: true, json: true }],
    [["--by", "-"], { _: ["-"], by: true }],
    [["--json", "false"], { json: "false" }],
    [["-n-5", "-o=x"], { n: -5, o: "x" }],
    [["1e3", "0x10", "0b11", "007", "Infinity", " "], { _: [1000, 16, 3, 7, "Infinity", " "] }],
  ];
  for (const [args, { _ = [], ...parsed }] of cases) {
    const { a, ...read } = parseArgs(args);
    assertEquals({ ...read, ...(a === undefined ? {} : { a }) }, { _, ...parsed }, args.join(" "));
  }
  const met: unknown[][] = [];
  parseArgs(["word", "--by=1"], { unknown: (...each) => met.push(each) });
  assertEquals(met, [["word"], ["--by=1", "by", "1"]]);
});

Deno.test("unicodeWidth() counts columns as the real one does", () => {
  const widths: readonly (readonly [text: string, width: number])[] = [
    ["", 0],
    ["abc", 3],
    ["日本", 4],
    ["e\u0301", 1],
    ["\t\n\x7f", 0],
    // Only the control character of a sequence takes no column.
    ["\x1b[31mred\x1b[0m", 10],
    ["👨‍👩‍👧", 6],
    ["🇩🇪", 2],
    ["☎\ufe0f", 1],
    ["a\u00adb", 3],
    ["한글\u1112\u1161", 6],
    ["〈|︐", 5],
    ["\ud800", 1],
  ];
  for (const [text, width] of widths) assertEquals(unicodeWidth(text), width, JSON.stringify(text));
});
