/** One message at the bottom, with undo. Six seconds, not counted while one looks at it. */
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react';
import { Button } from './button.tsx';

/** What a toast says and what it offers. */
export interface ToastContent {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

const SHOWN_MS = 6_000;

const ToastContext = createContext<(content: ToastContent) => void>(() => undefined);

/** Shows a toast; a new one replaces the last. */
export function useToast(): (content: ToastContent) => void {
  return useContext(ToastContext);
}

/** Holds the toast of everything inside. */
export function ToastProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [shown, setShown] = useState<ToastContent | undefined>(undefined);
  const [held, setHeld] = useState(false);
  const show = useCallback((content: ToastContent) => {
    setHeld(false);
    setShown(content);
  }, []);
  useEffect(() => {
    if (shown === undefined || held) return undefined;
    const timer = setTimeout(() => setShown(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown, held]);
  const hold = useMemo(
    () => ({
      onPointerEnter: () => setHeld(true),
      onPointerLeave: () => setHeld(false),
      onFocus: () => setHeld(true),
      onBlur: () => setHeld(false),
    }),
    [],
  );
  const region = useRef<HTMLDivElement>(null);
  return (
    <ToastContext.Provider value={show}>
      {children}
      <div className="toasts" role="status" ref={region}>
        {shown === undefined ? null : (
          <div className="toast" data-testid="toast" {...hold}>
            <span>{shown.text}</span>
            {shown.action === undefined ? null : (
              <Button
                kind="quiet"
                onClick={() => {
                  shown.action?.run();
                  setShown(undefined);
                }}
              >
                {shown.action.label}
              </Button>
            )}
          </div>
        )}
      </div>
    </ToastContext.Provider>
  );
}
