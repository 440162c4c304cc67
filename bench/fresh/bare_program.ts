/**
 * The least that a program can do by itself: one line of JSON per step in a file per transaction, and a wait for the disk
 * after each line. To resume, it reads the lines. It has no checksums, no lock and no plan, and does not sync the folder.
 *
 * @module
 */
import { readTask, runAtOnce, work } from "./task.ts";

const encoder = new TextEncoder();
const task = readTask();

async function runSteps(path: string, done: number): Promise<void> {
  using file = await Deno.open(path, { create: true, append: true });
  for (let step = done + 1; step <= task.steps; step += 1) {
    await file.write(encoder.encode(`${JSON.stringify({ step, result: work(task, step) })}\n`));
    await file.syncData();
  }
}

async function resume(path: string): Promise<void> {
  const lines = (await Deno.readTextFile(path)).split("\n").slice(0, -1);
  await Deno.truncate(path, encoder.encode(lines.map((line) => `${line}\n`).join("")).length);
  await runSteps(path, JSON.parse(lines.at(-1) ?? '{ "step": 0 }').step);
}

const pathOf = (index: number) => `${task.folder}/${index}.jsonl`;
await (task.kind === "resume" ? resume(pathOf(0)) : runAtOnce(task, (index) => runSteps(pathOf(index), 0)));
Deno.exit();
