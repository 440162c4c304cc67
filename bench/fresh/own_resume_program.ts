/**
 * The program that resumes a transaction of {@linkcode import("./own_program.ts")}.
 *
 * @module
 */
import { basename } from "@std/path/basename";
import { Transaction } from "@x/resumable-tx";
import { readTask } from "./task.ts";

const { folder, places: { locator } } = readTask();
const inDatabase = `${locator?.replace("FOLDER", folder)}#${basename(folder)}-0`;
await Transaction.resume(locator === undefined ? `${folder}/0.json` : inDatabase);
Deno.exit();
