import { assertEquals } from "@std/assert";
import { isNoRoom } from "../../../lib/storage/file/disk.ts";

Deno.test("isNoRoom() knows the errors of a full disk by code or by number, and no others", () => {
  const withCode = (code: string) => Object.assign(new Error("write"), { code });
  assertEquals(["ENOSPC", "EDQUOT", "EFBIG", "EIO"].map((code) => isNoRoom(withCode(code))), [true, true, true, false]);
  const full = Deno.build.os === "windows" ? 112 : 28;
  assertEquals(isNoRoom(new Error(`No space left (os error ${full})`)), true);
  assertEquals(isNoRoom(new Error("Input/output error (os error 5)")), false);
  assertEquals(isNoRoom(new Error("No space left")), false);
  assertEquals(isNoRoom("ENOSPC"), false);
});
