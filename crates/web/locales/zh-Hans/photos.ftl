# 遮住人脸和车牌。

photo-boxes-open = 遮住这张照片上的人脸和车牌
photo-boxes-title = 遮住人脸和车牌
photo-boxes-hint = 用一根手指在每一处画个框，点一下也行。点“遮住”以后，框里的内容就没有了，找不回来。
photo-boxes-image = 正在遮挡的照片
photo-boxes-keys = 用键盘：Tab 选框，方向键移动，Shift 加方向键改大小，Delete 去掉。
photo-boxes-none = 还没有框。
photo-boxes-count = 已画 { $n } 个框
photo-boxes-one = 第 { $n } 个框
photo-boxes-done = 遮住
photo-boxes-undo = 撤掉最后一个框
photo-boxes-add = 加一个框
photo-boxes-cancel = 取消
photo-boxes-failed = 没有成功，照片还没遮住，请再试一次。
photo-boxes-unable = 这部手机打不开这张照片，没法遮挡，会原样发送。

## 事后，由网格中心
cover-photo-back = 回到案卷
cover-photo-title = 遮住人脸和车牌
cover-photo-link = 遮挡
cover-photo-final = 遮住的部分会直接涂在保存的照片上，原来的照片立即删除，谁也看不到，不能恢复。以前做的备份在过期之前仍留有原图。
cover-photo-draw = 在图上画框
cover-photo-boxes = 框
cover-photo-boxes-hint = 左、上、宽、高的百分数，例如 12.5,30,20,10；几个框之间用空格隔开。
cover-photo-reason = 原因
cover-photo-reason-hint = 例如：路人的脸。网格中心看得到，并记入日志。
cover-photo-send = 永久遮住
