/** How large a stored value may be: a record's 16 MiB, less 64 KiB for what the record says beside the value. */
export const MAX_VALUE_BYTES: number = 16 * 1024 * 1024 - 64 * 1024;
