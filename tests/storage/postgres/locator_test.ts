import { assertEquals, assertThrows } from "@std/assert";
import { parsePostgresLocator } from "../../../lib/storage/postgres/postgres_locator.ts";

Deno.test("parsePostgresLocator() shows everything but the password", () => {
  const shown = [
    "postgres://ana:se%40cret@db.example.com:6432/tx?schema=billing",
    "postgresql://ana:secret@db/tx",
    "POSTGRES://db/tx?sslmode=require",
    "postgres:///tx?host=/run/postgresql",
  ].map((locator) => parsePostgresLocator(locator).shown);
  assertEquals(shown, [
    "postgres://ana@db.example.com:6432/tx?schema=billing",
    "postgres://ana@db/tx",
    "postgres://db/tx?sslmode=require",
    "postgres:///tx?host=/run/postgresql",
  ]);
});

Deno.test("parsePostgresLocator() gives the driver what it understands, and the schema to the statements", () => {
  const { connectionString, schema, server } = parsePostgresLocator("postgres://ana:secret@db:6432/tx?schema=a-b");
  assertEquals([connectionString, schema, server], ["postgres://ana:secret@db:6432/tx", "a-b", "The server db:6432"]);
  assertEquals(parsePostgresLocator("postgres://db/tx").schema, "resumable_tx");
});

Deno.test("parsePostgresLocator() refuses what cannot be meant, and repeats no password", () => {
  const locators = [
    "postgres://ana:secret@db/tx?shema=a",
    "postgres://ana:secret@db/tx?password=secret",
    "postgres://ana:secret@db/tx?sslmode=secret",
    "postgres://ana:secret@db/tx?schema=a&schema=b",
    'postgres://ana:secret@db/tx?schema=a"; drop table secret',
    "postgres://ana:secret@db/tx?schema=pg_temp",
    "postgres://ana:secret@db/tx?schema=",
    "postgres://ana:sec#ret@db/tx",
    "postgres://ana:secret@db/tx/secret",
    "postgres://ana:%secret@db/tx",
    "mysql://ana:secret@db/tx",
  ];
  for (const locator of locators) {
    const { message } = assertThrows(() => parsePostgresLocator(locator), TypeError);
    assertEquals([locator, message.includes("secret")], [locator, false]);
  }
});
