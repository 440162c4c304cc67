/** Numbers by which Linux knows the file systems of other machines: those of `man 2 statfs` and of the kernel's `magic.h`. */
const NETWORK_TYPES: ReadonlySet<number> = new Set([
  0x6969, // nfs
  0x517b, // smb, before cifs
  0xfe534d42, // smb2
  0xff534d42, // cifs
  0x01021997, // 9p
  0x5346414f, // openafs
  0x6b414653, // afs, the kernel's own
  0x73757245, // coda
  0x00c36400, // ceph
  0x0bd00bd0, // lustre
]);

/**
 * Tells whether a type, as `statfs` gives it, is a network file system: there a lock may hold on one machine alone, and a
 * sync may promise more than it does. One in user space (sshfs) cannot be told from a local one.
 */
export function isNetworkFileSystem(type: number): boolean {
  // Some systems give the 32 bits with a sign.
  return NETWORK_TYPES.has(type >>> 0);
}
