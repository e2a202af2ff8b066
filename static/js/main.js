// What every page has: theme, menus, dialogs, and a line that says when the server did not answer.

import './dialogs.js';
import './menus.js';
import './tabs.js';
import './theme.js';
import './trouble.js';
