import { assertEquals } from "@std/assert";
import { permittedTest } from "../../support/permitted_test.ts";
import { runDeno } from "../../support/run_deno.ts";

const PROGRAM = `
import { aroundWrites } from ${JSON.stringify(import.meta.resolve("../../../lib/cli/frame/process_io.ts"))};
const bytes = new TextEncoder().encode("bytes\\n");
const log = console.log;
let heard = [];
const end = aroundWrites(() => heard.push("before"), () => heard.push("after"));
const count = (write) => {
  write();
  const calls = heard.join(" ");
  heard = [];
  return calls;
};
const seen = [
  count(() => console.log("log")),
  count(() => console.dir({ a: 1 })),
  count(() => console.error("error")),
  count(() => Deno.stdout.writeSync(bytes)),
  count(() => Deno.stderr.write(bytes)),
];
const own = () => {};
console.info = own;
end();
console.log(JSON.stringify([...new Set(seen)]), console.log === log, console.info === own, heard.length);
`;

permittedTest(
  "aroundWrites() hears what this process writes, and leaves everything as it was",
  ["read", "run"],
  async () => {
    const url = `data:text/javascript,${encodeURIComponent(PROGRAM)}`;
    const { code, stdout, stderr } = await runDeno(url, []);
    assertEquals([code, stderr], [0, "error\nbytes\n"]);
    assertEquals(stdout, 'log\n{ a: 1 }\nbytes\n["before after"] true true 0\n');
  },
);
