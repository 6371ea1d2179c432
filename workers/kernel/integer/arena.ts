/** First-fit allocator over byte offsets, aligned to 64; used to plan one run, then forgotten. */
export class Arena {
  readonly #base: number;
  #free: { at: number; size: number }[] = [];
  #end: number;
  readonly #sizes = new Map<number, number>();

  constructor(base: number) {
    this.#base = Math.ceil(base / 64) * 64;
    this.#end = this.#base;
  }

  /** End of what was ever in use. */
  get peak(): number {
    return this.#end;
  }

  take(bytes: number): number {
    const size = Math.max(64, Math.ceil(bytes / 64) * 64);
    const index = this.#free.findIndex((hole) => hole.size >= size);
    const hole = this.#free[index];
    if (hole !== undefined) {
      this.#free.splice(index, 1, ...(hole.size > size ? [{ at: hole.at + size, size: hole.size - size }] : []));
      this.#sizes.set(hole.at, size);
      return hole.at;
    }
    const last = this.#free.at(-1);
    const at = last !== undefined && last.at + last.size === this.#end ? last.at : this.#end;
    if (last !== undefined && at === last.at) this.#free.pop();
    this.#end = at + size;
    this.#sizes.set(at, size);
    return at;
  }

  give(at: number): void {
    const size = this.#sizes.get(at);
    if (size === undefined) return;
    this.#sizes.delete(at);
    const index = this.#free.findIndex((hole) => hole.at > at);
    this.#free.splice(index < 0 ? this.#free.length : index, 0, { at, size });
    this.#free = this.#free.reduce<{ at: number; size: number }[]>((merged, hole) => {
      const before = merged.at(-1);
      if (before !== undefined && before.at + before.size === hole.at) before.size += hole.size;
      else merged.push({ ...hole });
      return merged;
    }, []);
  }
}
