### 各页共用的文字。

plain = { $text }
done = 已办好。
product-name = 骑格

## 页面框架
skip-to-content = 跳到正文
nav-label = 功能
nav-account-label = 我的账号
nav-notices = 通知
nav-sign-in = 登录
elder-mode = 长辈版
theme-dark = 深色
theme-light = 浅色
install-app = 安装到桌面
update-waiting = 有新版本可用。
update-reload = 更新
lost-without-https = 当前不是安全连接（HTTPS）：无法自动取得位置、不能安装到桌面、断网时不能暂存。请改用 https 地址。
undo-left = { $seconds } 秒内可撤销
undo-button = 撤销

## 日期与数字
list-between = 、
date-today = 今天 { $time }
date-yesterday = 昨天 { $time }
date-tomorrow = 明天 { $time }
date-this-year = { $month }{ $day }日 { $time }
date-other-year = { $year }年{ $month }{ $day }日 { $time }
date-day = { $year }年{ $month }{ $day }日
date-full = { $year }年{ $month }{ $day }日 { $weekday } { $time }:{ $second }（UTC{ $offset }）
date-month-1 = 1月
date-month-2 = 2月
date-month-3 = 3月
date-month-4 = 4月
date-month-5 = 5月
date-month-6 = 6月
date-month-7 = 7月
date-month-8 = 8月
date-month-9 = 9月
date-month-10 = 10月
date-month-11 = 11月
date-month-12 = 12月
date-weekday-1 = 星期一
date-weekday-2 = 星期二
date-weekday-3 = 星期三
date-weekday-4 = 星期四
date-weekday-5 = 星期五
date-weekday-6 = 星期六
date-weekday-7 = 星期日
duration-minutes = { $n } 分钟
duration-hours = { $n } 小时
duration-days = { $n } 天
distance-metres = { $n } 米
distance-kilometres = { $n } 公里

## 部件
form-has-error = 有一处需要修改：
form-label-end = ：
field-optional = （选填）
choice-none = 不选
pager-label = 翻页
pager-first = 回到第一页
pager-next = 下一页
pager-shown = 本页 { $n } 条
compare-slider = 拖动比较前后
compare-before = 处置前
compare-after = 处置后
map-open = 打开地图
map-loading = 正在打开地图…
map-failed = 地图打不开。下面的文字说的是同样的内容。
outbox-title = 存在这部手机上的上报
outbox-waiting = 待发送
outbox-sending = 正在发送
outbox-photos = 照片 { $done }/{ $all }
outbox-delivered = 已送达
outbox-refused = 未被接收
outbox-full = 手机空间不够，新的上报存不下了。请先联网发送。
outbox-not-persistent = 浏览器可能会清除未发送的上报，请尽快联网发送。
outbox-offline = 现在没有网络，联网后会自动发送。
outbox-photo-refused = 有照片未被接收
outbox-sign-in = 请登录后再发送
outbox-look = 查看
outbox-drop = 移除
outbox-send = 现在发送

## 首页
home-title = 街道网格服务
home-intro = 路上看到的事，拍张照片就能报。不用注册账号。
home-report = 随手上报
home-sign-in-hint = 骑手、网格员和工作人员请登录。

## 出错时的页面
problem-title-invalid = 填写的内容有问题
problem-title-sign-in = 请先登录
problem-title-forbidden = 不能这样做
problem-title-missing = 没有这个页面
problem-title-method = 这个地址不能这样用
problem-title-conflict = 情况已经变了
problem-title-gone = 已经删除
problem-title-too-large = 太大了
problem-title-unsupported = 格式不支持
problem-title-too-many = 请稍等一下
problem-title-unavailable = 现在办不了
problem-title-broken = 系统出错了
problem-field = 有问题的一项：
problem-retry = 请过 { $seconds } 秒再试。
problem-unsaid = 这样不行，但系统没有说清原因。请把页面下方的编号告诉管理员。
problem-back = 返回上一页
problem-home = 回到首页
problem-quote = 需要帮助时，请告诉我们这个编号：
problem-kind-title = 问题说明：{ $code }
problem-kind-note = 大括号里的内容在实际出现时会换成具体数值。

## 通知
notices-unread = { $n } 条未读通知
notices-title = 通知
notices-none = 没有通知。
notices-read-all = 全部标为已读
notices-was-read = 已读
notices-open = 查看

# Files beside a case.
file-size = { $kilobytes } KB
files-bring = 附件
files-bring-hint = 照片、PDF、OFD、Word 或 Excel，最多 5 个，每个不超过 20 MB。谁能看到文字，谁就能下载附件。
## 列表存成文件
list-files = 把这个列表存成文件：
list-kind = 种类
list-attempts = 尝试次数
list-problem = 问题
list-part = 本部门的部分
list-place = 位置
list-changed = 最近变化
list-rating = 评分
list-task = 任务
list-asked = 要看什么
list-order = 次序
list-helpers = 协办部门
list-group = 组
list-metres = 相距（米）
list-days = 相隔（天）
list-kinship = 事项关系
list-shared = 相同的词语和街道
list-waits = 等什么
list-at = 时间
list-by = 谁
list-said = 内容
list-taken-by = 接班人
list-taken-at = 接班时间
list-yes = 是
list-weekday = 星期
list-line = 条
list-step = 操作
list-moves = 流转
list-also = 同时改动
list-parts = 另外写入
list-hash = 校验值
list-of = 名称
list-month = 月份
list-reason = 更正理由
## 在自己的列表里查找
look-for = 查找
look-for-go = 查
look-for-own = 案卷号、文字、地点或事项，拼音也行
look-for-mine = 文字、事项或案卷号，拼音也行
look-for-none = 没有找到“{ $q }”。
look-for-further = 这一千件里没有“{ $q }”，可以翻到下一页接着查。
look-for-all = 看全部
