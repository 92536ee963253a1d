/** Entry of the application. */
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { WorkspaceError } from './app/failure.ts';
import { openClient } from './app/open-client.ts';
import { applyTheme } from './app/own-settings.ts';

applyTheme();
const root = document.getElementById('root');
if (root === null) throw new WorkspaceError('WORKSPACE_NO_ROOT', 'the page has no #root');
createRoot(root).render(<App open={openClient} />);
