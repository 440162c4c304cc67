import { assertEquals } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { writeProgram } from "./run_program.ts";

const REPORT = `
import { hashModule, readSource } from "lib/modules/module_source.ts";
import { loadFunctions } from "lib/modules/load_functions.ts";
import { lookAtModules } from "lib/run/start/check_modules.ts";
export async function attempt(module, limitMs) {
  const state = { modules: [{ url: module, sha256: "0" }] };
  const name = { module, export: "step" };
  const look = async () => {
    const [{ refusal }] = await lookAtModules(state, [name], { acceptsChanges: true, limitMs });
    if (refusal !== undefined) throw refusal;
    return "looked";
  };
  const works = [
    () => hashModule(module, { limitMs }).then(() => "hashed"),
    look,
    () => loadFunctions([name], { forResume: true, limitMs }).then(({ size }) => "loaded " + size),
  ];
  const reports = [];
  for (const work of works) reports.push(await work().catch((error) => error.name));
  return reports.join(", ");
}
`;

permittedTest("a step module is not read or imported through a redirect to a place that no step module may have", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await writeProgram({
    "report.js": REPORT,
    "main.js": `
import { attempt } from "./report.js";
const code = "console.log('was run'); export function step() {}";
const headers = { "content-type": "application/javascript" };
const serve = (hostname, answer) => Deno.serve({ hostname, port: 0, onListen() {} }, answer);
// Not a name of this machine: by its number, 0.0.0.0 is no loopback address, and reaches it nevertheless.
const other = serve("0.0.0.0", () => new Response(code, { headers }));
const elsewhere = "http://0.0.0.0:" + other.addr.port;
const near = serve("127.0.0.1", ({ url }) => {
  const { pathname, searchParams } = new URL(url);
  if (pathname === "/plain.js") return new Response(code.slice(code.indexOf("export")), { headers });
  const location = pathname === "/away.js" ? elsewhere + "/away.js" : pathname === "/twice.js" ? "/away.js" : "/plain.js";
  return new Response(null, { status: 302, headers: { location } });
});
const base = "http://127.0.0.1:" + near.addr.port;
for (const path of ["plain.js", "here.js", "away.js", "twice.js"]) console.log(path, await attempt(base + "/" + path));
Deno.exit(0);`,
  });

  const { lines, errors } = await folder.run("main.js");

  assertEquals({ lines, errors }, {
    lines: [
      "plain.js hashed, looked, loaded 1",
      "here.js hashed, looked, loaded 1",
      "away.js ModuleUnavailable, ModuleUnavailable, ModuleUnavailable",
      "twice.js ModuleUnavailable, ModuleUnavailable, ModuleUnavailable",
    ],
    errors: "",
  });
});

permittedTest("reading a step module and importing it have a deadline when its server never answers", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await writeProgram({
    "report.js": REPORT,
    "main.js": `
import { attempt } from "./report.js";
const silent = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Promise(() => {}));
console.log(await attempt("http://127.0.0.1:" + silent.addr.port + "/steps.js", 20));
Deno.exit(0);`,
  });

  const { lines, errors } = await folder.run("main.js");

  const end = "ModuleUnavailable, ModuleUnavailable, ModuleUnavailable";
  assertEquals({ lines, errors }, { lines: [end], errors: "" });
});

permittedTest("the pin of a remote module does not depend on its character set, or on whether it is loaded", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await writeProgram({
    "main.js": `
import { hashModule } from "lib/modules/module_source.ts";
const code = 'export function step() { return "caf\u00e9"; }';
const latin1 = Uint8Array.from(code, (letter) => letter.charCodeAt(0));
const utf16 = Uint8Array.from([0xff, 0xfe, ...latin1].flatMap((byte, index) => index < 2 ? [byte] : [byte, 0]));
const bodies = { "utf-8": new TextEncoder().encode(code), "iso-8859-1": latin1, "utf-16le": utf16 };
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
  const charset = new URL(url).pathname.split("/")[1];
  return new Response(bodies[charset], { headers: { "content-type": "application/javascript; charset=" + charset } });
});
for (const charset of Object.keys(bodies)) {
  const base = "http://127.0.0.1:" + server.addr.port + "/" + charset;
  const hashes = [await hashModule(base + "/first.js")];
  for (const name of ["/first.js", "/then.js"]) {
    const { step } = await import(base + name);
    hashes.push(await hashModule(base + name), await hashModule(base + name, { isLoaded: true }), step());
  }
  console.log(charset, new Set(hashes).size, hashes.at(-1));
}
Deno.exit(0);`,
  });

  const { lines, errors } = await folder.run("main.js");

  // One hash and one value.
  const expected = ["utf-8", "iso-8859-1", "utf-16le"].map((charset) => `${charset} 2 caf\u00e9`);
  assertEquals({ lines, errors }, { lines: expected, errors: "" });
});
