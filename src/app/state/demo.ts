import { useEffect, useState } from 'react';
import { useServices } from './services.tsx';
import { report } from './toasts.ts';

/**
 * Whether this verifier runs the demo issuer. True until it is known not to: offline, the offer stands, and says so itself
 * when it is taken.
 */
export function useDemoIssuer(): boolean {
  const { client } = useServices();
  const [here, setHere] = useState(true);
  useEffect(() => {
    let shown = true;
    client.verifier.issuer().then((issuer) => shown && setHere(issuer.ok || issuer.error.code !== 'issuer/disabled'), report);
    return () => {
      shown = false;
    };
  }, [client]);
  return here;
}
