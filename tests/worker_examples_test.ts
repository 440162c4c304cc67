/** The examples in which a worker runs what others have recorded. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { inFolder } from "./support/in_folder.ts";
import { permittedTest } from "./support/permitted_test.ts";
import { CLI, denoCommand, runCli, runDeno } from "./support/run_deno.ts";
import { Watched } from "./support/watched_process.ts";

const EXAMPLES = new URL("../examples/", import.meta.url);
const PERMISSIONS = ["read", "write", "run", "env", "net", "sys"] as const;

function example(name: string): string {
  return new URL(name, EXAMPLES).href;
}

permittedTest(
  "a mail queue sends each mail once, and tries again when the server is busy",
  PERMISSIONS,
  () =>
    inFolder({}, async (cwd) => {
      const mails = example("24_mail_queue.ts");
      const first = await runDeno(mails, ["ana", "ben", "cid"], { cwd });
      assertEquals(first.stdout.match(/will be sent/g)?.length, 3, first.stderr);
      const again = await runDeno(mails, ["ana"], { cwd });
      assertStringIncludes(again.stdout, "was recorded before");
      const limited = await runCli(["queue", "set", "sqlite:mail.db", "mail", "--rate", "100/s", "--burst", "1"], {
        cwd,
      });
      assertEquals(limited.code, 0, limited.stderr);
      const modules = new URL(".", EXAMPLES).pathname;
      const work = await runCli(["work", "sqlite:mail.db", "--modules", modules, "--drain"], { cwd });
      assertEquals(work.code, 0, work.stderr);
      const sent = work.stdout.split("\n").filter((line) => line.startsWith("Sent"));
      assertEquals(sent.toSorted(), ["ana", "ben", "cid"].map((to) => `Sent a mail to ${to}`));
    }),
);

permittedTest("an approval arrives while a worker runs the order", PERMISSIONS, () =>
  inFolder({}, async (cwd) => {
    await Deno.mkdir(`${cwd}/orders`);
    const work = new Watched(denoCommand(CLI, ["work", "orders"], { cwd, stdin: "piped" }));
    const order = runDeno(example("25_approval_while_running.ts"), ["crane"], { cwd });
    await work.written("Packing the crane");
    const { code, stderr } = await runCli(["signal", "orders/crane.json", "approved", '"ana"'], { cwd });
    assertEquals(code, 0, stderr);
    const { stdout } = await order;
    assertEquals(stdout, "Shipped the box with the crane with the invoice for the crane\n");
    work.signal("SIGTERM");
    const end = await work.end();
    assertEquals(end.code, 0, end.stderr);
    assertStringIncludes(end.stdout, "Wrote an invoice for the crane, approved by ana");
  }));
