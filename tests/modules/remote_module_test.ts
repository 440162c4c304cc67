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
