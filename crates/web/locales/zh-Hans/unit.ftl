### 处置单位：手机上的一页。

nav-unit = 待办
unit-title = 本单位待办
unit-lists = 待办与已办
unit-units = 所属单位
unit-in-hand = 待办
unit-done = 已办
unit-new = 新派
unit-nothing-in-hand = 没有待办，都处理完了。
unit-nothing-done = 还没有办结反馈的案件。
unit-none-of-yours = 您的账号还没有归到哪个单位。请找街道管理员。

## 一件
unit-what = 要处理什么
unit-no-words = 没有文字说明，看照片和位置。
unit-reported-around = 上报时间约
unit-ways = 导航去现场
unit-way-phone = 手机地图
unit-way-amap = 高德地图
unit-way-baidu = 百度地图
unit-way-tencent = 腾讯地图
unit-no-point = 没有坐标。不清楚在哪里，就备注问坐席。
unit-demand-extension = 延期申请待答复
unit-demand-supervision = 督办，请回复

## 怎么办
unit-photos = 照片
unit-photos-hint = 拍处理后的现场，最好和处理前同一个角度。不要拍到人脸和车牌。
unit-photos-again = 刚才的照片没有收下，请重新选择。
unit-photo-take = 拍照（第 { $n } 张）
unit-photo-album = 从相册选（可多张）
unit-note = 做了什么
unit-reason = 理由
unit-until = 延到什么时候
unit-answer = 回复内容
unit-answer-send = 回复督办
unit-comment = 备注内容
unit-comment-note = 网格中心能看到。
unit-send-back-note = 不归本单位管才退单，请写明理由；最好写明归谁管。
unit-do-start = 接单
unit-do-accept = 协办接单
unit-do-hand-in = 办完反馈
unit-do-hand-in-part = 反馈协办部分
unit-do-ask-extension = 申请延期
unit-do-send-back = 退单
unit-do-comment = 备注
