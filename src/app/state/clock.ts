import { useEffect, useState } from 'react';

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** The time in Unix seconds, once a second: for countdowns. */
export function useNow(): number {
  const [now, setNow] = useState(nowSeconds);
  useEffect(() => {
    const timer = setInterval(() => setNow(nowSeconds()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
