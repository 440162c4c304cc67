import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { markLoading, refuseWhileLoading } from "../../lib/modules/import_namespace.ts";

/** The module that the refusal names; nothing if it does not refuse. */
function moduleBeingLoaded(): string | undefined {
  try {
    refuseWhileLoading();
  } catch (error) {
    return /"(.*)"/.exec(String(error))?.[1];
  }
}

Deno.test("markLoading() marks the process while the work goes on, and nests", async () => {
  const seen: (string | undefined)[] = [moduleBeingLoaded()];
  await markLoading("file:///a.ts", async () => {
    seen.push(moduleBeingLoaded());
    await markLoading("file:///b.ts", () => Promise.resolve(seen.push(moduleBeingLoaded())));
    seen.push(moduleBeingLoaded());
  });
  seen.push(moduleBeingLoaded());

  assertEquals(seen, [undefined, "file:///a.ts", "file:///b.ts", "file:///a.ts", undefined]);
});

Deno.test("markLoading() takes the mark away when the work fails", async () => {
  await assertRejects(() => markLoading("file:///a.ts", () => Promise.reject(new RangeError("no"))), RangeError);

  assertEquals(moduleBeingLoaded(), undefined);
});

Deno.test("markLoading() keeps the mark of the same module loaded twice at a time", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const outer = markLoading("file:///a.ts", () => promise);
  await markLoading("file:///a.ts", () => Promise.resolve());

  const during = moduleBeingLoaded();
  resolve();
  await outer;

  assertEquals([during, moduleBeingLoaded()], ["file:///a.ts", undefined]);
});

Deno.test("refuseWhileLoading() throws only while a module is loaded", async () => {
  refuseWhileLoading();
  await markLoading("file:///a.ts", () => {
    assertThrows(
      refuseWhileLoading,
      TypeError,
      'Cannot start a transaction while resume loads "file:///a.ts": put the call under if (import.meta.main)',
    );
    return Promise.resolve();
  });
});
