/** Which parts of a value compile, and which do not. Nothing here is called. */
import type { Planner, Ref } from "../../mod.ts";

declare function makeUrl(): URL;
declare function makeValues(): {
  map: Map<string, number>;
  bytes: Uint8Array;
  error: RangeError;
  pattern: RegExp;
  date: Date;
  list: readonly string[];
};
declare function upload(name: string): Promise<string>;
declare function pair(): [number, string];
declare function show(text: string): void;
declare function sum(a: number, b: number): number;
declare function anything(): ReturnType<typeof JSON.parse>;

/** Fails to compile unless the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<T extends true>(_is?: T): void {}

Deno.test("the types of refs name the parts that a value has, and no others", () => void checkParts);

function checkParts(t: Planner): void {
  const url = t.do(makeUrl);
  const values = t.do(makeValues);
  same<Same<ReturnType<typeof url.get<"href">>, Ref<string>>>;
  t.do(show, url.get("href"));
  t.do(show, values.get("error").get("message"));
  t.do(show, values.get("pattern").get("source"));
  t.do(show, values.get("list").get(0));
  t.do(sum, values.get("map").get("size"), values.get("bytes").get("length"));
  t.do(sum, values.get("list").get("length"), values.get("bytes").get(0));
  t.do(sum, t.do(upload, "a").get("length"), t.do(pair).get(0));
  t.do(show, t.do(anything).get("any"));
  // @ts-expect-error: a method is no part
  url.get("toString");
  // @ts-expect-error: what cannot be stored is no part
  url.get("searchParams");
  // @ts-expect-error: a method is no part
  values.get("map").get("get");
  // @ts-expect-error: a date has only methods
  values.get("date").get("getTime");
  // @ts-expect-error: a method is no part
  values.get("list").get("map");
  // @ts-expect-error: memory is no part
  values.get("bytes").get("buffer");
  // @ts-expect-error: an error has no such part
  values.get("error").get("code");
  // @ts-expect-error: a number has only methods
  values.get("bytes").get("length").get("toFixed");
  // @ts-expect-error: a symbol is no key
  values.get("list").get(Symbol.iterator);
}
