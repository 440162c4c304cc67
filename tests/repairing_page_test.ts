import { assertEquals } from "@std/assert";
import { maskOutput } from "./support/mask_output.ts";
import { permittedTest } from "./support/permitted_test.ts";
import { playPage } from "./support/play_page.ts";

const PAGE = new URL("../docs/repairing.md", import.meta.url);
/** Where the page's commands were typed. */
const PAGE_FOLDER = "/srv/tx";

permittedTest("docs/repairing.md shows what the commands say", ["read", "write", "run", "env"], async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "resumable_tx_" }));
  try {
    const page = await Deno.readTextFile(PAGE);
    const played = await playPage(page, folder, "welcome.ts");
    const mask = (text: string) => maskOutput(text.replaceAll(folder, PAGE_FOLDER), { folder: PAGE_FOLDER });
    assertEquals(mask(played), mask(page));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
