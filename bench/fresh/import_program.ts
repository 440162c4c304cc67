/**
 * A program that imports the library and does nothing with it.
 *
 * @module
 */
import { Transaction } from "@x/resumable-tx";

if (Transaction === undefined) throw new TypeError("It is missing");
