"""Pages and programs' doors: every route translates, authorises and calls one operation or one query."""
