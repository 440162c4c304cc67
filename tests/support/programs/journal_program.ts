/**
 * A process that uses a journal, for tests that need another one: `journal_program.ts hold|write|try|fill PATH`. Says what it
 * has reached, in one line each, and ends when its input does.
 *
 * @module
 */
import type { Event } from "../../../lib/journal/event.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";

const OPENED: Event = {
  type: "opened",
  format: 1,
  id: "1",
  library: "0.1.0",
  home: "file:///home.ts",
  modules: [],
  options: {},
  pid: Deno.pid,
  host: "first-host",
};

async function hold(journal: string, isOver: () => boolean): Promise<void> {
  const open = await new FileStore().create(journal, [OPENED]);
  await open.append([{ type: "resumed", run: 2, library: "0.1.0", pid: Deno.pid, host: "second-host" }]);
  console.log("holds");
  while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 5));
  await open.close();
}

/** Appends without a pause, and now and then gives the journal up and takes it again. */
async function write(journal: string, isOver: () => boolean): Promise<void> {
  const store = new FileStore();
  let open = await store.create(journal, [OPENED]);
  console.log("writes");
  for (let count = 1; !isOver(); count += 1) {
    await open.append([{ type: "signalled", signal: "s", value: "x".repeat((count * 37) % 1500) }]);
    if (count % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    if (count % 50 !== 0) continue;
    await open.close();
    open = await store.open(journal, () => {});
    await open.recover();
  }
  await open.close();
}

async function tryAll(journal: string): Promise<void> {
  const store = new FileStore();
  const uses = [
    () => store.read(journal, () => {}),
    () => store.open(journal, () => {}),
    () => store.create(`${journal}.new.json`, [OPENED]),
  ];
  for (const use of uses) {
    try {
      await use();
      console.log("done");
    } catch (error) {
      console.log(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  }
}

/** Appends until there is no room, and then the last record. */
async function fill(journal: string): Promise<void> {
  const open = await new FileStore().create(journal, [OPENED]);
  let records = 1;
  try {
    for (;;) {
      await open.append([{ type: "signalled", signal: "s", value: "x".repeat(3000) }]);
      records += 1;
    }
  } catch (error) {
    console.log(error instanceof Error ? error.name : error);
  }
  await open.append([{ type: "ended" }], { last: true });
  await open.close();
  console.log(records + 1);
}

if (import.meta.main) {
  const [command = "", journal = ""] = Deno.args;
  let isOver = false;
  if (command === "try") await tryAll(journal);
  else if (command === "fill") await fill(journal);
  else {
    Deno.stdin.read(new Uint8Array(1)).then(() => isOver = true);
    await (command === "hold" ? hold : write)(journal, () => isOver);
  }
}
