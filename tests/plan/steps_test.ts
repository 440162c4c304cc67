import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { steps } from "../../lib/plan/steps.ts";
import { readBrand } from "../../lib/values/brand.ts";

interface Module {
  upload(file: string): Promise<string>;
  toJSON(): void;
  readonly version: string;
}

Deno.test("steps() makes functions that carry their module and export", () => {
  const { upload } = steps<Module>(new URL("https://example.com/s3.ts"));

  const { module, export: name } = readBrand(upload, "step-function") ?? {};

  assertEquals([typeof upload, upload.name, module, name], [
    "function",
    "upload",
    "https://example.com/s3.ts",
    "upload",
  ]);
});

Deno.test("steps() gives the same function for the same member", () => {
  const s3 = steps<Module>("https://example.com/s3.ts");

  assertStrictEquals(s3.upload, s3.upload);
});

Deno.test("steps() lets only the module's functions through to the types", () => {
  const s3 = steps<Module>("https://example.com/s3.ts");

  // @ts-expect-error a constant is no step
  s3.version;
  // @ts-expect-error the module has no such export
  s3.download;
  // @ts-expect-error the argument is a text
  const call = () => s3.upload(1);
  assertThrows(call, TypeError);
});

Deno.test("steps() refuses to be called", () => {
  const s3 = steps<Module>("https://example.com/s3.ts");

  assertThrows(
    () => s3.upload("a"),
    TypeError,
    ' "upload" of "https://example.com/s3.ts" ',
  );
  assertThrows(() => JSON.stringify(s3), TypeError, ' "toJSON" ');
});

Deno.test("steps() survives await, and has none of the reserved names", async () => {
  const s3 = steps<Module>("https://example.com/s3.ts");

  assertStrictEquals(await s3, s3);
  const names = [
    "then",
    "__proto__",
    "constructor",
    "prototype",
    Symbol.toPrimitive,
    Symbol.iterator,
    Symbol.asyncIterator,
  ];
  assertEquals(names.map((member) => Reflect.get(s3, member)), Array(7).fill(undefined));
});

Deno.test("steps() cannot be changed", () => {
  const s3 = steps<Module>("https://example.com/s3.ts");

  assertEquals(Reflect.set(s3, "upload", () => {}), false);
  assertEquals(Reflect.defineProperty(s3, "upload", { value: 1 }), false);
});

Deno.test("steps() refuses at once what may not name a step module", () => {
  assertThrows(() => steps("./s3.ts"), TypeError, 'import.meta.resolve("./name.ts")');
  assertThrows(() => steps("npm:superjson@^2"), TypeError, "exact version");
});
