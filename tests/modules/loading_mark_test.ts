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
  const seen: (string | undefined)[] = [];
  const outer = markLoading("file:///a.ts", async () => {
    await promise;
    seen.push(moduleBeingLoaded());
  });
  await markLoading("file:///a.ts", () => Promise.resolve());
  resolve();
  await outer;

  assertEquals([...seen, moduleBeingLoaded()], ["file:///a.ts", undefined]);
});

Deno.test("markLoading() marks what the load has begun, and nothing else that the process does meanwhile", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const seen: (string | undefined)[] = [];
  const loading = markLoading("file:///a.ts", () => promise);
  const beside = markLoading("file:///b.ts", () => promise.then(() => void seen.push(moduleBeingLoaded())));
  seen.push(moduleBeingLoaded());
  resolve();
  await Promise.all([loading, beside]);

  assertEquals(seen, [undefined, "file:///b.ts"]);
});

Deno.test("markLoading() marks what a load has begun only until it is over", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let later: Promise<string | undefined> | undefined;
  await markLoading("file:///a.ts", () => {
    later = promise.then(() => moduleBeingLoaded());
    return Promise.resolve();
  });
  resolve();

  assertEquals(await later, undefined);
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
