import { describe, expect, it, vi } from 'vitest';
import { enterFlow, flowRunning } from './busy.ts';
import { createStore } from './store.ts';

describe('createStore', () => {
  it('tells listeners of changes, and of nothing else', () => {
    const store = createStore(1);
    const heard = vi.fn();
    const stop = store.subscribe(heard);
    store.set(1);
    expect(heard).not.toHaveBeenCalled();
    store.update((n) => n + 1);
    expect([store.get(), heard.mock.calls.length]).toEqual([2, 1]);
    stop();
    store.set(5);
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

describe('enterFlow', () => {
  it('counts, so that leaving twice does not end another one', () => {
    const [first, second] = [enterFlow(), enterFlow()];
    first();
    first();
    expect(flowRunning.get()).toBe(true);
    second();
    expect(flowRunning.get()).toBe(false);
  });
});
