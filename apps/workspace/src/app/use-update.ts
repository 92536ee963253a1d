/** Whether a newer version of the application waits, and the way to it. */
import { useEffect, useState } from 'react';

/** Gives a function that reopens with the newer version, once there is one. */
export function useUpdate(): (() => void) | undefined {
  const [waiting, setWaiting] = useState<ServiceWorker | undefined>(undefined);
  useEffect(() => {
    // Absent outside of secure contexts.
    const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
    if (container === undefined) return undefined;
    let isOver = false;
    const look = (registration: ServiceWorkerRegistration): void => {
      const worker = registration.waiting;
      // Without a controller it is the first version, which nobody has to wait for.
      if (!isOver && worker !== null && container.controller !== null) setWaiting(worker);
    };
    void container.ready.then((registration) => {
      look(registration);
      registration.addEventListener('updatefound', () => {
        const worker = registration.installing;
        worker?.addEventListener('statechange', () => look(registration));
      });
    });
    return () => {
      isOver = true;
    };
  }, []);
  if (waiting === undefined) return undefined;
  return () => {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
    waiting.postMessage({ type: 'SKIP_WAITING' });
  };
}
