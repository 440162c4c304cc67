import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";
import { toFileUrl } from "@std/path/to-file-url";
import { locatorOf, nameIn, newId, openStore, shownName } from "../../lib/storage/locator.ts";
import { isBareName } from "../../lib/storage/locator_scheme.ts";

const CREATED = { id: "019ab2c3-0000-7000-8000-00003f9a2c1d", now: new Date("2026-11-23T02:15:00Z") };
const DEFAULT_NAME = "transaction-20261123-021500-3f9a2c1d.json";

Deno.test("newId() makes UUIDs of version 7, which sort by time and are all different", () => {
  const times = [0, 1, 2 ** 16 - 1, 2 ** 16, 2 ** 32, Date.parse("2026-11-23T02:15:00.123Z"), 2 ** 48 - 1];
  const ids = times.map((now) => newId(now));
  assertEquals(ids.toSorted(), ids);
  assertEquals(ids.map((id) => Number.parseInt(id.replace("-", "").slice(0, 12), 16)), times);
  const many = Array.from({ length: 10_000 }, () => newId(times[5]));
  assertEquals(new Set(many).size, many.length);
  for (const id of many) assertMatch(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  // Every digit of chance changes, and so do the bits beside those of the version and the variant.
  for (let place = 0; place < 36; place += 1) {
    const isChance = place > 14 && ![18, 23].includes(place);
    const most = place === 19 ? 4 : isChance ? 16 : 1;
    assertEquals([place, new Set(many.map((id) => id[place])).size], [place, most]);
  }
});

Deno.test("openStore() finds a journal by path and by file: URL", async () => {
  const path = resolve("runs/a b.json");
  for (const locator of ["runs/a b.json", path, toFileUrl(path), toFileUrl(path).href]) {
    assertEquals([String(locator), (await openStore(locator)).name], [String(locator), path]);
  }
  assertEquals((await openStore("a:b.json")).name, resolve("a:b.json"));
});

Deno.test("openStore() gives a new journal a default name in a folder, and elsewhere the name that was given", async () => {
  const names = [undefined, "runs/", "runs", "runs/a.json"].map(async (locator) =>
    (await openStore(locator, { created: CREATED })).name
  );
  assertEquals(await Promise.all(names), [
    resolve(DEFAULT_NAME),
    join(resolve("runs"), DEFAULT_NAME),
    resolve("runs"),
    resolve("runs/a.json"),
  ]);
  assertEquals((await openStore("runs/")).name, resolve("runs"));
});

Deno.test("openStore() refuses what no store keeps, says what can be used, and repeats no password", async () => {
  for (const url of ["mysql://ana:secret@db/tx", "HTTPS://example.com/j.json"]) {
    const scheme = url.slice(0, url.indexOf(":") + 1).toLowerCase();
    for (const locator of [url, new URL(url)]) {
      const error = await assertRejects(() => openStore(locator), TypeError);
      const known = "use a path, or a URL with file:, sqlite: or postgres:";
      assertEquals(error.message, `Cannot open a ${scheme} URL as a journal: ${known}`);
    }
  }
  for (const url of ["file://%zz", "file:///%zz", "file:///a%2Fb", "file:///a%00b", "file://otherhost/j.json"]) {
    await assertRejects(() => openStore(url), TypeError, `"${url}", `);
  }
  const number = 7 as unknown as string;
  const error = await assertRejects(() => openStore(number), TypeError);
  assertEquals(error.message, "A journal is named by its path or its URL, and not by a value of type number");
});

Deno.test("openStore() refuses a database without a transaction where one is meant, and a name that is none", async () => {
  for (
    const locator of [
      "postgres://ana:secret@db/tx",
      "sqlite:tx.db#",
      "postgresql://ana:secret@db/tx#%zz",
      "sqlite:a#%00",
    ]
  ) {
    const error = await assertRejects(() => openStore(locator), TypeError);
    assertEquals([locator, error.message.includes("secret")], [locator, false]);
  }
});

Deno.test("a name in a locator is read as it was written, also in a URL", () => {
  for (const name of ["ana", "move ana 50%", "a#b", "Zoë <x>", '\t"`', "order/7?x=1&y", "$(x);'y'|*!~{[\\]}^"]) {
    const locator = locatorOf("postgres://ana@db/tx?schema=s", name);
    assertEquals([nameIn(locator), nameIn(new URL(locator).href)], [name, name]);
    // Nothing is left that a shell would act on, also without quotes.
    assertMatch(locator.slice(locator.indexOf("#")), /^[\w%#=./:,+@ëZ-]*$/);
  }
  assertEquals(nameIn("sqlite:/srv/tx.db"), undefined);
});

Deno.test("isBareName() takes for a name what is neither a path nor a locator", () => {
  const words = ["ana", "a:b", "order-7", "ana.json", "ana.JSON", "runs/ana", ".", "..", "sqlite:tx.db", "file:///a"];
  assertEquals(words.filter(isBareName), ["ana", "a:b", "order-7"]);
});

Deno.test("shownName() writes a journal as its scope was written", () => {
  assertEquals(shownName("runs", "/srv/runs/a.json"), join("runs", "a.json"));
  assertEquals(shownName(".", "/srv/runs/a.json"), "a.json");
  assertEquals(shownName("file:///srv/runs", "/srv/runs/a.json"), "/srv/runs/a.json");
  assertEquals(shownName("sqlite:/srv/tx.db", "sqlite:/srv/tx.db#a"), "sqlite:/srv/tx.db#a");
});
