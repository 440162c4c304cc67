import { assertEquals } from "@std/assert";
import {
  isSecretKey,
  REDACTED,
  redactSecrets,
  SECRET_NAMES,
  SECRET_WORDS,
} from "../../../lib/inspect/redact/redact_secrets.ts";
import { decodeValue } from "../../../lib/values/decode_value.ts";
import { encodeValue } from "../../../lib/values/encode_value.ts";
import type { Encoded } from "../../../lib/values/json.ts";
import { permittedTest } from "../../support/permitted_test.ts";

/** What a reader sees of a value. */
function shown(value: unknown): unknown {
  return decodeValue(redactSecrets(encodeValue(value, { root: "value" })));
}

Deno.test("redactSecrets() hides what lies under a key that looks like a secret, and nothing else", () => {
  assertEquals(
    shown({
      user: "ana",
      password: "hunter2",
      nested: [{ API_KEY: "k", "x-auth-token": { id: 1 }, pin: 1234, pins: 1 }],
    }),
    {
      user: "ana",
      password: REDACTED,
      nested: [{ API_KEY: REDACTED, "x-auth-token": REDACTED, pin: REDACTED, pins: 1 }],
    },
  );
  assertEquals(shown(["password", "hunter2"]), ["password", "hunter2"]);
});

Deno.test("redactSecrets() keeps what says nothing: null, undefined, truth, and no text", () => {
  const value = { password: null, token: undefined, secret: true, cookie: "" };
  assertEquals(shown(value), value);
});

Deno.test("redactSecrets() leaves a value alone that has no secret", () => {
  const encoded = encodeValue({ at: new Date(0), list: [new Map([["a", 1n]])] }, { root: "value" });
  assertEquals(redactSecrets(encoded) === encoded, true);
});

Deno.test("redactSecrets() leaves the meta such that the rest can be decoded", () => {
  const at = new Date(0);
  assertEquals(shown({ token: at, at, "a.b": { secret: new Set([at]), at } }), {
    token: REDACTED,
    at,
    "a.b": { secret: REDACTED, at },
  });
  assertEquals(shown({ token: at }), { token: REDACTED });
  assertEquals(
    shown(new Map<string, unknown>([["token", at], ["at", at]])),
    new Map<string, unknown>([
      ["token", REDACTED],
      ["at", at],
    ]),
  );
  assertEquals(shown([new Map([["list", [{ password: 1n, at }]]])]), [
    new Map([["list", [{ password: REDACTED, at }]]]),
  ]);
  assertEquals(shown(new Set([{ token: "x", at }])), new Set([{ token: REDACTED, at }]));
  assertEquals(shown({ '"quoted" token': "x", at }), { '"quoted" token': REDACTED, at });
});

Deno.test("redactSecrets() takes no longer for many notes than for their number", () => {
  const dates = Array.from({ length: 3000 }, (_, ms) => new Date(ms));
  assertEquals(shown({ dates, token: "x" }), { dates, token: REDACTED });
});

Deno.test("redactSecrets() keeps place-holders, which name a step or a variable", () => {
  const meta = { values: { "0.password": [["custom", "env"]], "0.token": [["custom", "ref"]] }, v: 1 };
  const encoded: Encoded = { value: [{ password: "MAIL_PASSWORD", token: { step: "1" }, secret: "s" }], meta };
  assertEquals(redactSecrets(encoded), {
    value: [{ password: "MAIL_PASSWORD", token: { step: "1" }, secret: REDACTED }],
    meta,
  });
});

Deno.test("redactSecrets() hides secrets also where the meta was not written by this library", () => {
  const encoded: Encoded = { value: { token: "x" }, meta: { values: { token: "Date" }, v: 1 } };
  assertEquals(redactSecrets(encoded), { value: { token: REDACTED }, meta: { values: { token: "Date" }, v: 1 } });
});

Deno.test("isSecretKey() knows the words of its lists however they are written", () => {
  for (const word of [...SECRET_WORDS, ...SECRET_NAMES]) assertEquals(isSecretKey(word.toUpperCase()), true, word);
  assertEquals(["apiKey", "api_key", "API-KEY", "set-cookie", "dbPassword2"].map(isSecretKey), Array(5).fill(true));
  assertEquals(["author", "key", "passenger", "pinned", "user", "opinion", ""].map(isSecretKey), Array(7).fill(false));
});

permittedTest("docs/inspecting.md lists every word that makes a key a secret's", ["read"], async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/inspecting.md", import.meta.url));
  const listed = new Set([...page.matchAll(/`([a-z ]+)`/g)].map(([, word = ""]) => word.replaceAll(" ", "")));
  assertEquals([...SECRET_WORDS, ...SECRET_NAMES].filter((word) => !listed.has(word)), []);
});
