// The text of a lesson: its code, its drawings, its marks, and what the server tells about them.

import './code.js';
import './figures.js';
import './marks.js';
import './notices.js';
