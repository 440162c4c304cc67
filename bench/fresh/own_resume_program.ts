/**
 * The program that resumes a transaction of {@linkcode import("./own_program.ts")}.
 *
 * @module
 */
import { Transaction } from "@x/resumable-tx";
import { readTask } from "./task.ts";

await Transaction.resume(`${readTask().folder}/0.json`);
Deno.exit();
