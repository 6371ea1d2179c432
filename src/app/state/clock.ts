import { useEffect, useState } from 'react';
import { useServices } from './services.tsx';

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** Unix seconds by the verifier's clock, once a second: for the countdown of a request. */
export function useNow(): number {
  const { client } = useServices();
  const [now, setNow] = useState(() => Math.floor(client.now() / 1000));
  useEffect(() => {
    const timer = setInterval(() => setNow(Math.floor(client.now() / 1000)), 1000);
    return () => clearInterval(timer);
  }, [client]);
  return now;
}
