# 代班：休假期间由同事代行自己的角色。
cover-title = 请同事代班
cover-intro = 休假时可以把自己的工作角色交给一位同事，到期自动收回，最长九十天。您自己的角色照常有效；您的角色结束时，代班一起结束。代班的人不能再转给别人。系统管理员、安全管理员、审计员不能代班。
cover-now = 正在代班
cover-end = 提前收回
cover-to = 由谁代班
cover-choose = 请选择
cover-until = 代到哪一天（含）
cover-give = 请其代班
cover-no-colleagues = 没有可以代班的同事。
cover-none = 您没有可以请人代班的角色
cover-given = 已请同事代班，对方已收到通知。
cover-ended = 已收回。
me-cover = 请同事代班
me-cover-hint = 休假时由同事代行您的角色，到期自动收回。
notice-cover-given = 有同事请您代班，您的角色多了一项；到期自动收回
