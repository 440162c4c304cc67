const FILLER_WORD = 0x09090909;

/**
 * A number that two different files have in common only by a rare chance: FNV-1a, twice, over words instead of bytes and
 * without the filler at the end.
 */
export function hashImage(image: Uint8Array): number {
  const words = new Uint32Array(image.buffer, image.byteOffset, image.length >> 2);
  let count = words.length;
  while (count > 0 && words[count - 1] === FILLER_WORD) count -= 1;
  let low = 0x811c9dc5 ^ image.length;
  let high = 0x9747b28c;
  // After the words up to three bytes are left. One loop without a closure takes half the time.
  const tail = words.length * 4;
  for (let index = 0; index < count + image.length - tail; index += 1) {
    const value = (index < count ? words[index] : image[tail + index - count]) ?? 0;
    low = Math.imul(low ^ value, 0x01000193);
    low ^= low >>> 15;
    high = Math.imul(high ^ value, 0x85ebca6b);
    high ^= high >>> 13;
  }
  return (low >>> 0) * 2 ** 21 + (high >>> 11);
}
