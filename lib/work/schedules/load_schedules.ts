import { importNamespace, LOAD_LIMIT_MS, markLoading, withDeadline } from "../../modules/import_namespace.ts";
import { requireModulePermissions } from "../../modules/load_functions.ts";
import { reasonOf } from "../../modules/module_source.ts";
import { escapeForTerminal, quote } from "../../text/escape.ts";
import { readBrand } from "../../values/brand.ts";
import { checkSchedules, type Schedule } from "./define_schedules.ts";

/**
 * Loads a module of schedules and checks them. Deno loads a module once: to get another source of it, or to try one again
 * that has failed, takes another process.
 *
 * @throws {TypeError} It cannot be loaded, throws, or exports no schedules, or one of them is wrong.
 */
export async function loadSchedules(module: string): Promise<readonly Schedule[]> {
  const name = quote(module);
  let exported: unknown;
  try {
    await requireModulePermissions([module]);
    const limit = () => new TypeError(`its import did not finish within ${LOAD_LIMIT_MS / 1000} seconds`);
    const namespace = await withDeadline(markLoading(module, () => importNamespace(module)), LOAD_LIMIT_MS, limit);
    exported = namespace["default"];
  } catch (cause) {
    throw new TypeError(`Cannot load the schedules of ${name}: ${escapeForTerminal(reasonOf(cause))}`, { cause });
  }
  const found = readBrand(exported, "schedules");
  if (found === undefined) {
    const what = exported === undefined ? "it has no default export" : "its default export was not made by schedules";
    throw new TypeError(`Cannot use the schedules of ${name}: ${what}. Write: export default schedules({ … })`);
  }
  return checkSchedules(found.list);
}
