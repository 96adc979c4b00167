//! What can be done to a case.

use crate::text_enum::text_enum;

text_enum! {
    /// A command on a case; its transitions are rows of [`workflow::TABLE`](crate::workflow::TABLE).
    CommandName {
        /// 上报: begins a case.
        Report = "report",
        /// 当场办结: begins a case that its reporter has already put right.
        SolveOnSpot = "solve-on-spot",
        /// 派核实: asks someone on the ground.
        AskVerify = "ask-verify",
        /// 核实属实: it is so.
        Confirm = "confirm",
        /// 核实不属实: it is not so.
        Refute = "refute",
        /// 立案.
        File = "file",
        /// 不予受理.
        Decline = "decline",
        /// 申诉: the reporter's one appeal against a decline.
        Appeal = "appeal",
        /// 并案: into a main case.
        Merge = "merge",
        /// 派遣: to a lead unit and, whistled for, assisting units.
        Dispatch = "dispatch",
        /// 退单.
        SendBack = "send-back",
        /// 接单: the lead unit begins.
        Start = "start",
        /// 反馈: the lead unit hands in the whole.
        HandIn = "hand-in",
        /// 派核查.
        AskCheck = "ask-check",
        /// 核查通过: closes.
        Pass = "pass",
        /// 返工: the check failed.
        Fail = "fail",
        /// 申请延期.
        AskExtension = "ask-extension",
        /// 同意延期.
        GrantExtension = "grant-extension",
        /// 不同意延期.
        RefuseExtension = "refuse-extension",
        /// 挂账.
        Suspend = "suspend",
        /// 恢复: ends a suspension.
        Resume = "resume",
        /// 督办.
        Supervise = "supervise",
        /// 回复督办.
        AnswerSupervision = "answer-supervision",
        /// 重新打开.
        Reopen = "reopen",
        /// 满意度.
        Rate = "rate",
        /// 撤回.
        Withdraw = "withdraw",
        /// 作废.
        Void = "void",
        /// 更正: matter, place or words.
        Correct = "correct",
        /// 追问: asks the reporter.
        Question = "question",
        /// 补充回答: the reporter answers.
        Answer = "answer",
        /// 转办: to a body outside.
        Transfer = "transfer",
        /// 收回: from a body outside.
        TakeBack = "take-back",
        /// 撤销并案.
        Unmerge = "unmerge",
        /// 撤销: the step just taken.
        Undo = "undo",
        /// 协办接单: an assisting unit begins its part.
        Accept = "accept",
        /// 协办反馈: an assisting unit hands in its part.
        HandInPart = "hand-in-part",
        /// 备注: internal or public words.
        Comment = "comment",
        /// 遮挡照片: faces and plates, for good.
        CoverPhoto = "cover-photo",
        /// 我也遇到: one more reporter.
        Join = "join",
    }
}

impl CommandName {
    /// Whether it begins a case instead of changing one.
    #[must_use]
    pub const fn begins(self) -> bool {
        matches!(self, Self::Report | Self::SolveOnSpot)
    }

    /// Whether the one who did it may take it back at once. What begins a case is withdrawn instead; one
    /// more report stands by itself; what was covered is gone; and an undo is final.
    #[must_use]
    pub const fn can_be_undone(self) -> bool {
        !matches!(self, Self::Report | Self::SolveOnSpot | Self::Join | Self::CoverPhoto | Self::Undo)
    }
}
